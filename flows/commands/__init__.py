"""What each command of `fairlead` does and says; flows/cli*.py name them and their options."""
