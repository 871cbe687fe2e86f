#include "count.hpp"

std::map<std::string, int> count(std::istream &input) {
    std::map<std::string, int> counts;
    for (std::string word; input >> word;) counts[word]++;
    return counts;
}
