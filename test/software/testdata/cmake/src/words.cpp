#include "words.h"

#include <mutex>
#include <regex>
#include <stdexcept>
#include <thread>

#include <zlib.h>

namespace words {

Counts count(std::string_view text, unsigned threads)
{
	static const std::regex word("[[:alpha:]]+");
	Counts                  all;
	std::mutex              lock;
	std::vector<std::jthread> pool;
	std::size_t             from = 0;
	for (unsigned i = 0; i < threads; i++) {
		// To the end of a line.
		std::size_t to = text.size() * (i + 1) / threads;
		while (to < text.size() && text[to] != '\n')
			to++;
		auto part = text.substr(from, to - from);
		from = to;
		pool.emplace_back([&, part] {
			Counts own;
			for (std::cregex_iterator it(part.begin(), part.end(), word), end; it != end; ++it)
				own[it->str()]++;
			std::lock_guard hold(lock);
			for (auto &[w, n] : own)
				all[w] += n;
		});
	}
	pool.clear();
	return all;
}

std::vector<unsigned char> deflate(std::string_view text)
{
	uLongf                     size = compressBound(text.size());
	std::vector<unsigned char> out(size);
	if (compress(out.data(), &size, reinterpret_cast<const Bytef *>(text.data()), text.size()) != Z_OK)
		throw std::runtime_error("deflate");
	out.resize(size);
	return out;
}

std::string inflate(const std::vector<unsigned char> &data, std::size_t size)
{
	std::string out(size, '\0');
	uLongf      got = size;
	if (uncompress(reinterpret_cast<Bytef *>(out.data()), &got, data.data(), data.size()) != Z_OK)
		throw std::runtime_error("inflate");
	out.resize(got);
	return out;
}

}  // namespace words
