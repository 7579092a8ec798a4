"""Where programs come from: replies of a language model, and the starter library."""
