"""Questions of PrairieLearn that draw their numbers and mark answers with examgen."""
