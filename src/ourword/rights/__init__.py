"""What is held of people, and until when: what is held on one of them, that it is erased or may not be, and what is past retention."""
