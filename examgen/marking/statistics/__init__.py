"""What the marks of a class say about its entries: how hard, how telling, how sure; and where it goes wrong."""
