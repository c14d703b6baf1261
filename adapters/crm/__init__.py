"""Where leads, reps and their history come from: plain values in and out."""
