"""Two contracts side by side: what changes for customers, towards or against them, and which version that makes."""
