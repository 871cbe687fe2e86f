// Command weather answers what time it is in a city, and fetches a page to say whether it is reachable.
package main

import (
	"flag"
	"fmt"
	"log"
	"net/http"
	"os"
	"time"
)

var version = "dev"

func main() {
	address := flag.String("addr", ":8081", "where to listen")
	flag.Parse()
	if flag.Arg(0) == "version" {
		fmt.Println("weather", version)
		return
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "ok") })
	mux.HandleFunc("GET /time/{zone...}", func(w http.ResponseWriter, r *http.Request) {
		zone, err := time.LoadLocation(r.PathValue("zone"))
		if err != nil {
			http.Error(w, err.Error(), http.StatusNotFound)
			return
		}
		fmt.Fprintln(w, time.Unix(0, 0).In(zone).Format(time.RFC3339))
	})
	mux.HandleFunc("GET /reach", func(w http.ResponseWriter, r *http.Request) {
		answer, err := http.Get(os.Getenv("UPSTREAM"))
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadGateway)
			return
		}
		defer answer.Body.Close()
		fmt.Fprintln(w, answer.Status)
	})
	log.Printf("weather %s on %s", version, *address)
	log.Fatal(http.ListenAndServe(*address, mux))
}
