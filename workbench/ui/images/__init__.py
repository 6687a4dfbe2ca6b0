"""Pictures of a dataset on the screen: arrays as Qt images, and grids of thumbnails read when they are seen."""
