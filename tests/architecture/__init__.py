"""The rules of the layout, held by the lint step."""
