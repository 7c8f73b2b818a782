"""Privacy: what tells a person or opens a door in a text, and where it stands."""
