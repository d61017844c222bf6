// Prints the most frequent words of standard input.
#include "words.h"

#include <algorithm>
#include <iostream>
#include <iterator>

int main()
{
	std::string text(std::istreambuf_iterator<char>(std::cin), {});
	auto        counts = words::count(text, 4);
	std::vector<std::pair<std::string, std::size_t>> list(counts.begin(), counts.end());
	std::ranges::stable_sort(list, std::greater{}, [](auto &p) { return p.second; });
	for (std::size_t i = 0; i < std::min<std::size_t>(3, list.size()); i++)
		std::cout << list[i].first << ' ' << list[i].second << '\n';
}
