"""Reading mail: bytes in, values out. Pure, bounded by `limits`, and safe on hostile input."""
