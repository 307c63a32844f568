"""HTTP: the application, who may enter, how answers and errors look, and live push."""
