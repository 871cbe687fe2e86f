// Command server shows a page that is inside of it.
package main

import (
	"embed"
	"io/fs"
	"log"
	"net/http"
	"os"
)

//go:embed page
var page embed.FS

func main() {
	port := os.Getenv("PORT")
	if port == "" {
		port = "9090"
	}
	root, err := fs.Sub(page, "page")
	if err != nil {
		log.Fatal(err)
	}
	http.Handle("/", http.FileServer(http.FS(root)))
	log.Fatal(http.ListenAndServe(":"+port, nil))
}
