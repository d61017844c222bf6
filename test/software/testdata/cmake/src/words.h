#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace words {

using Counts = std::map<std::string, std::size_t>;

// count counts the words of a text with several threads.
Counts count(std::string_view text, unsigned threads);

// deflate compresses a text, inflate is its inverse. They throw std::runtime_error.
std::vector<unsigned char> deflate(std::string_view text);
std::string inflate(const std::vector<unsigned char> &data, std::size_t size);

}  // namespace words
