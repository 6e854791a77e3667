"""The pages that people read: the catalogue, a pack, a fixture set, and the problems explained."""
