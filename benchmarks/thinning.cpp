// Exact thinning of the Bass process on a graph, with random numbers of its own: the least that work can cost.
// Every site that has not adopted rings at rate p + q; a site that rings adopts with chance (p + q k/d) / (p + q).

#include <cmath>
#include <cstdint>
#include <vector>

namespace {

struct Xoshiro {  // xoshiro256+ (Blackman and Vigna), seeded by splitmix64
    uint64_t s[4];
    explicit Xoshiro(uint64_t seed) {
        for (uint64_t &word : s) {
            uint64_t z = (seed += 0x9E3779B97F4A7C15ull);
            z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ull;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EBull;
            word = z ^ (z >> 31);
        }
    }
    inline uint64_t next() {
        uint64_t result = s[0] + s[3], t = s[1] << 17;
        s[2] ^= s[0], s[3] ^= s[1], s[1] ^= s[2], s[0] ^= s[3], s[2] ^= t;
        s[3] = (s[3] << 45) | (s[3] >> 19);
        return result;
    }
    inline double uniform() { return (double(next() >> 11) + 0.5) * (1.0 / 9007199254740992.0); }
    inline uint32_t below(uint32_t count) { return uint32_t(((next() >> 32) * count) >> 32); }
};

}  // namespace

extern "C" int64_t thin(const int64_t *start, const int32_t *peer, int32_t sites, double p, double q, double horizon,
                        uint64_t seed, double *adopted_day) {
    static thread_local std::vector<int32_t> waiting, adopting_peers;
    Xoshiro chance(seed);
    waiting.resize(sites), adopting_peers.assign(sites, 0);
    for (int32_t site = 0; site < sites; site++) waiting[site] = site, adopted_day[site] = INFINITY;
    int32_t left = sites;
    double day = 0.0;
    while (left > 0) {
        day -= std::log(chance.uniform()) / ((p + q) * left);
        if (day >= horizon) break;
        int32_t place = int32_t(chance.below(uint32_t(left))), site = waiting[place];
        int64_t degree = start[site + 1] - start[site];
        double rate = degree ? p + q * adopting_peers[site] / double(degree) : p;
        if (chance.uniform() * (p + q) >= rate) continue;
        adopted_day[site] = day;
        waiting[place] = waiting[--left];
        for (int64_t at = start[site]; at < start[site + 1]; at++) adopting_peers[peer[at]]++;
    }
    return sites - left;
}
