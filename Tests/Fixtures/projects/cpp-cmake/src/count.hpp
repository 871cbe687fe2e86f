#pragma once

#include <istream>
#include <map>
#include <string>

std::map<std::string, int> count(std::istream &input);
