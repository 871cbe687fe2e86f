// Command roots tells square roots, over HTTP or of its arguments.
package main

/*
#cgo LDFLAGS: -lm
#include <math.h>

static double root(double x) { return sqrt(x); }
*/
import "C"

import (
	"fmt"
	"log"
	"net/http"
	"os"
	"strconv"
)

func root(text string) (string, error) {
	number, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%.4f\n", float64(C.root(C.double(number)))), nil
}

func main() {
	if len(os.Args) > 1 {
		text, err := root(os.Args[1])
		if err != nil {
			log.Fatal(err)
		}
		fmt.Print(text)
		return
	}
	http.HandleFunc("/of/", func(w http.ResponseWriter, r *http.Request) {
		text, err := root(r.URL.Path[len("/of/"):])
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		fmt.Fprint(w, text)
	})
	log.Fatal(http.ListenAndServe(":9000", nil))
}
