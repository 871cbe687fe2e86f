module example.com/shelf/v2

go 1.21
