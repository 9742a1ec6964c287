"""It wants nearly what we want: experiments on approximate alignment."""
