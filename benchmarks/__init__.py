"""How long the parts take, beside a baseline measured in the same run."""
