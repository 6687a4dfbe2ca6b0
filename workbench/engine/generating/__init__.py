"""What a trained generator gives: samples, walks, directions, what they resemble, and how good they are."""
