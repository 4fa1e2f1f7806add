"""What: the products that can be received, and the codes on their packages."""
