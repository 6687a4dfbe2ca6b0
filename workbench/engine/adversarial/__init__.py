"""Training a generator and a discriminator against each other, and the generator that comes of it."""
