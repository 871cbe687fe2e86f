module example.org/roots

go 1.21
