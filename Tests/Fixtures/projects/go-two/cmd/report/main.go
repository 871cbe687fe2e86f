// Command report counts what it reads.
package main

import (
	"bufio"
	"fmt"
	"os"
)

func main() {
	lines := 0
	for scanner := bufio.NewScanner(os.Stdin); scanner.Scan(); {
		lines++
	}
	fmt.Println("books:", lines)
}
