"""NumPy functions on traced arrays, in the form that backends know."""
