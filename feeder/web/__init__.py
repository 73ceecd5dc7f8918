"""What a browser or a feed reader sees: the files of feeds/, and how the house is."""
