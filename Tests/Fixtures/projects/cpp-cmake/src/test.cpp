#include <sstream>

#include "count.hpp"

int main() {
    std::istringstream input("a b a");
    return count(input)["a"] == 2 ? 0 : 1;
}
