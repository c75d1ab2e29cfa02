"""From training runs to weights with cards, a vote, and a page that says how good they are."""
