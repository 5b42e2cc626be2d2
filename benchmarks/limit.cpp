// The limit: the laws of `spread.model` with everything off that a world does not use, as fast as we can write them
// for one machine. It reads what `dump.py` writes, draws the same keyed numbers, and must return the engine's event
// log to the last bit. Compile with -ffp-contract=off.
//
// What it may leave out, because `dump.py` refuses worlds that need it: dose, load, champions, learning sets, courses,
// ties, shocks, rates that move from month to month, queues by priority, units in two networks that meet.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <vector>

namespace {

using std::int16_t, std::int32_t, std::int64_t, std::int8_t, std::uint64_t, std::uint8_t, std::vector;

// --- chance (spread.model.draws) -------------------------------------------------------------------------------------

constexpr uint64_t GOLDEN = 0x9E3779B97F4A7C15ull;

inline uint64_t mix(uint64_t word) {
    word = (word ^ (word >> 30)) * 0xBF58476D1CE4E5B9ull;
    word = (word ^ (word >> 27)) * 0x94D049BB133111EBull;
    return word ^ (word >> 31);
}

inline uint64_t join(uint64_t left, uint64_t right) { return mix(left * GOLDEN + right); }

enum Purpose : uint64_t {
    ATTENDANCE = 15, HEARING = 16, CONTACT_DRAW = 20, INTEREST_DRAW, DECISION_DRAW, STOP_DRAW, RESUME_DRAW, LAPSE_DRAW,
    RESTART_DRAW, SPREAD_DRAW, PATIENCE, CYCLE_LENGTH, CYCLE_SUCCESS, ELEMENT_LOSS, CHAMPION_LOSS, TIE_BREAK
};
constexpr uint64_t FOR_STATUS[10] = {CONTACT_DRAW, INTEREST_DRAW, DECISION_DRAW, 0, STOP_DRAW,
                                     LAPSE_DRAW, LAPSE_DRAW, LAPSE_DRAW, RESUME_DRAW, RESTART_DRAW};

inline double uniform_at(uint64_t run, uint64_t unit, uint64_t purpose, uint64_t occurrence) {
    uint64_t place = mix(run ^ (unit + purpose * GOLDEN));
    uint64_t word = mix(place + occurrence * GOLDEN);
    return (double(int64_t(word >> 11)) + 0.5) * (1.0 / 9007199254740992.0);
}

inline double exponential_at(uint64_t run, uint64_t unit, uint64_t purpose, uint64_t occurrence) {
    return -std::log(uniform_at(run, unit, purpose, occurrence));
}

template <int N> inline double polynomial(const double (&coefficients)[N], double r) {
    double sum = coefficients[0];
    for (int n = 1; n < N; n++) sum = sum * r + coefficients[n];
    return sum;
}

double normal(double share) {  // Wichura's AS 241
    static const double A[] = {2509.0809287301226727, 33430.575583588128105, 67265.770927008700853, 45921.953931549871457,
        13731.693765509461125, 1971.5909503065514427, 133.14166789178437745, 3.387132872796366608};
    static const double B[] = {5226.495278852545925, 28729.085735721942674, 39307.89580009271061, 21213.794301586595867,
        5394.1960214247511077, 687.1870074920579083, 42.313330701600911252, 1.0};
    static const double C[] = {7.7454501427834140764e-4, 0.0227238449892691845833, 0.24178072517745061177,
        1.27045825245236838258, 3.64784832476320460504, 5.7694972214606914055, 4.6303378461565452959, 1.42343711074968357734};
    static const double D[] = {1.05075007164441684324e-9, 5.475938084995344946e-4, 0.0151986665636164571966,
        0.14810397642748007459, 0.68976733498510000455, 1.6763848301838038494, 2.05319162663775882187, 1.0};
    static const double E[] = {2.01033439929228813265e-7, 2.71155556874348757815e-5, 0.0012426609473880784386,
        0.026532189526576123093, 0.29656057182850489123, 1.7848265399172913358, 5.4637849111641143699, 6.6579046435011037772};
    static const double F[] = {2.04426310338993978564e-15, 1.4215117583164458887e-7, 1.8463183175100546818e-5,
        7.868691311456132591e-4, 0.0148753612908506148525, 0.13692988092273580531, 0.59983220655588793769, 1.0};
    double centre = share - 0.5;
    if (std::fabs(centre) <= 0.425) {
        double r = 0.180625 - centre * centre;
        return centre * (polynomial(A, r) / polynomial(B, r));
    }
    double root = std::sqrt(-std::log(centre < 0.0 ? share : 1.0 - share));
    double deviate = root <= 5.0 ? polynomial(C, root - 1.6) / polynomial(D, root - 1.6)
                                 : polynomial(E, root - 5.0) / polynomial(F, root - 5.0);
    return centre < 0.0 ? -deviate : deviate;
}

// --- what is given (dump.py, in this order) --------------------------------------------------------------------------

struct Constants {
    double horizon_days, contact_per_hour, meeting_contact_share, kappa, cycle_shape, cycle_log_sd, stop_per_day,
        resume_per_day, spread_per_day, sustain_days, lapse_per_day, lapse_embedded_share, restart_per_day,
        element_loss_share, patience_days, unsupported, uncoached;
};

struct Facts {  // one unit, one cache line
    uint64_t key;
    double contact_rate, interest_rate, decision_rate, lapse_factor, half_frailty;
    int32_t slots, places;  // pools; no places asked for: -1
    int16_t intervention, psc;
    uint8_t supported, start_status, start_elements, start_coached;
};

struct Member {  // where a unit stands in the network it meets in
    double weight;
    int32_t network, place, peers;
};

struct Tool {
    double mean_days, log_failure, testing, stopping;
    int64_t elements;
    double difficulty[8];
};

struct Meeting {
    double day, attendance;
    int64_t date;
    int32_t network;
};

// --- what events change ----------------------------------------------------------------------------------------------

struct Unit {  // one cache line
    double next_day, hazard_day, threshold, rate, anchor_day, timer_day, spread_day;
    int32_t before, after;
};

struct Small {
    uint8_t status, event, elements, element, coached, succeeded, where, unused;
    int16_t attempt, cycle;
};

struct Links { int32_t before, after; };
struct Pool { int32_t capacity, held, first, last, waiting; uint8_t called; };
struct Known { int32_t in_use, meetings; };  // peers in use when it last met; meetings of its network looked at

enum Status { INTERESTED = 2, WAITING = 3, TESTING_NOW = 4, ADOPTED = 5, SUSTAINED = 7, STOPPED = 8, LAPSED = 9 };
enum Event : int8_t {
    CONTACT, INTEREST, DECISION, SLOT_GRANT, PLACE_GRANT, EXPIRY, TESTING, CYCLE_FAILED, ELEMENT_IN_PLACE, ADOPTION,
    SPREAD, SUSTAIN, STOP, RESUME, LAPSE, RESTART, START
};
enum Cause : int8_t { NONE, OUTREACH, MEETING, COURSE, COACHED, UNCOACHED, NO_SIGNAL };
enum Where : uint8_t { NOWHERE, LATER, DUE };

constexpr int32_t NOBODY = -1;
constexpr double NEVER = INFINITY;

inline bool is_end(int event) {
    return event == CYCLE_FAILED || event == STOP || event == SPREAD || event == SUSTAIN || event == LAPSE;
}

struct Rows {
    vector<double> time;
    vector<int32_t> unit;
    vector<int8_t> kind, element, from, to, cause;
    void make(size_t count) {
        time.resize(count), unit.resize(count), kind.resize(count), element.resize(count);
        from.resize(count), to.resize(count), cause.resize(count);
    }
};

struct Limit {
    Constants constants;
    vector<Facts> facts;
    vector<Member> members;
    vector<Tool> tools;
    vector<double> coaching;  // by collaborative
    vector<int32_t> capacity, member_start, member;
    vector<uint64_t> network_key, attendance_key;
    vector<Meeting> meetings;
    vector<int32_t> held_start;  // of each network, its meetings one after the other
    vector<int32_t> held;
    vector<double> start_since;
    int32_t unit_count = 0, network_count = 0, tool_count = 0, organisation_count = 0;

    vector<Unit> units;
    vector<Small> smalls;
    vector<Links> queued;
    vector<Pool> pools;
    vector<Known> known;  // these three in the order of members
    vector<uint8_t> standing, tool_of;
    vector<int32_t> site_of;
    vector<int32_t> in_use, seen_in_use, aware;  // by network and intervention; seen: at each meeting of each network
    vector<int32_t> held_count;  // meetings of each network so far
    vector<int32_t> stretches, rounds, told;
    vector<double> first_day;
    Rows rows;
    double now, per_day;
    uint64_t run;
    int32_t stretch, due, round_count;
    int64_t row_count;

    // --- the log -----------------------------------------------------------------------------------------------------

    template <bool LOG> inline void note(int32_t unit, int event, int status, int cause, int element) {
        Small &mine = smalls[unit];
        if constexpr (LOG) {
            if (size_t(row_count) == rows.time.size()) rows.make(2 * rows.time.size());
            rows.time[row_count] = now, rows.unit[row_count] = unit, rows.kind[row_count] = int8_t(event);
            rows.element[row_count] = int8_t(element), rows.from[row_count] = int8_t(mine.status);
            rows.to[row_count] = int8_t(status), rows.cause[row_count] = int8_t(cause);
        }
        row_count++;
        if (status != mine.status) move(unit, mine, status);
    }

    inline void move(int32_t unit, Small &mine, int status) {
        if (network_count) {
            const Member &place = members[unit];
            if (place.place >= 0) {
                if (mine.status == INTERESTED) known[place.place].meetings = held_count[place.network];
                if (mine.status == 0) aware[place.network * tool_count + facts[unit].intervention]++;
                standing[place.place] = uint8_t(status);
            }
        }
        mine.status = uint8_t(status);
    }

    // --- the calendar ------------------------------------------------------------------------------------------------

    inline bool is_earlier(int32_t one, int32_t other) const {
        if (units[one].next_day != units[other].next_day) return units[one].next_day < units[other].next_day;
        bool first = is_end(smalls[one].event), second = is_end(smalls[other].event);
        return first != second ? first : one < other;
    }

    inline void insert_due(int32_t unit) {
        int32_t before = NOBODY, after = due;
        while (after != NOBODY && is_earlier(after, unit)) before = after, after = units[after].after;
        units[unit].before = before, units[unit].after = after;
        if (after != NOBODY) units[after].before = unit;
        if (before != NOBODY) units[before].after = unit;
        else due = unit;
        smalls[unit].where = DUE;
    }

    inline void take_out(int32_t unit) {
        Small &small = smalls[unit];
        if (small.where == NOWHERE) return;
        Unit &mine = units[unit];
        if (mine.after != NOBODY) units[mine.after].before = mine.before;
        if (mine.before != NOBODY) units[mine.before].after = mine.after;
        else if (small.where == DUE) due = mine.after;
        else stretches[int32_t(mine.next_day * per_day)] = mine.after;
        small.where = NOWHERE;
    }

    inline void put(int32_t unit, double day, int event) {
        take_out(unit);
        Unit &mine = units[unit];
        mine.next_day = day, smalls[unit].event = uint8_t(event);
        if (day >= constants.horizon_days) return;
        int32_t then = int32_t(day * per_day);
        if (then <= stretch) return insert_due(unit);
        smalls[unit].where = LATER;
        int32_t first = stretches[then];
        mine.before = NOBODY, mine.after = first;
        if (first != NOBODY) units[first].before = unit;
        stretches[then] = unit;
    }

    inline double next_day() {
        while (due == NOBODY) {
            if (++stretch >= int32_t(stretches.size())) {
                stretch = int32_t(stretches.size());
                return NEVER;
            }
            for (int32_t unit = stretches[stretch]; unit != NOBODY;) {
                int32_t after = units[unit].after;
                insert_due(unit);
                unit = after;
            }
        }
        return units[due].next_day;
    }

    inline void call(int32_t unit) {
        const Unit &mine = units[unit];
        int status = smalls[unit].status;
        double day = mine.hazard_day;
        int event = status;
        if (status == WAITING) day = mine.timer_day, event = EXPIRY;
        else if (status == TESTING_NOW) {
            event = STOP;
            if (mine.timer_day <= day) day = mine.timer_day, event = CYCLE_FAILED;
        } else if (status == STOPPED) event = RESUME;
        else if (status == LAPSED) event = RESTART;
        else if (status >= ADOPTED) {
            event = LAPSE;
            if (mine.timer_day <= day) day = mine.timer_day, event = SUSTAIN;
            if (mine.spread_day <= day) day = mine.spread_day, event = SPREAD;
        }
        put(unit, day, event);
    }

    // --- rates -------------------------------------------------------------------------------------------------------

    inline double decision_rate(int32_t unit) const {
        double exposure = 0.0;
        if (network_count && members[unit].peers)
            exposure = members[unit].weight * known[members[unit].place].in_use / members[unit].peers;
        return facts[unit].decision_rate * (1.0 + constants.kappa * exposure);
    }

    inline double held_by_support(const Facts &fact) const {
        double push = tools[fact.intervention].stopping;
        return fact.supported ? coaching[fact.psc] - constants.uncoached + push : push;
    }

    inline double rate_of(int32_t unit) const {
        const Facts &fact = facts[unit];
        const Small &small = smalls[unit];
        switch (small.status) {
            case 0: return fact.contact_rate;
            case 1: return fact.interest_rate;
            case INTERESTED: return decision_rate(unit);
            case TESTING_NOW: {
                double coached = small.coached ? coaching[fact.psc] : constants.uncoached;
                double effect = 0.0 - coached - tools[fact.intervention].stopping - fact.half_frailty;
                return constants.stop_per_day * std::exp(effect);
            }
            case STOPPED: return constants.resume_per_day * std::exp(held_by_support(fact));
            case LAPSED: return constants.restart_per_day * std::exp(held_by_support(fact));
            case SUSTAINED: return constants.lapse_per_day * constants.lapse_embedded_share * fact.lapse_factor;
            default: return constants.lapse_per_day * fact.lapse_factor;
        }
    }

    static inline double due_day(double day, double threshold, double rate) {
        return rate <= 0.0 ? NEVER : day + threshold / rate;
    }

    inline void begin_hazard(int32_t unit) {
        Unit &mine = units[unit];
        if (smalls[unit].status == INTERESTED) recall(unit, 0);
        mine.rate = rate_of(unit);
        mine.threshold = exponential_at(run, facts[unit].key, FOR_STATUS[smalls[unit].status], smalls[unit].attempt);
        mine.anchor_day = now;
        mine.hazard_day = due_day(now, mine.threshold, mine.rate);
    }

    inline bool change_rate(int32_t unit, double rate) {
        Unit &mine = units[unit];
        if (rate == mine.rate) return false;
        mine.threshold = std::max(0.0, mine.threshold - mine.rate * (now - mine.anchor_day));
        mine.anchor_day = now, mine.rate = rate;
        mine.hazard_day = due_day(now, mine.threshold, rate);
        return true;
    }

    // --- pools -------------------------------------------------------------------------------------------------------

    inline void call_round(int32_t pool) {
        if (pools[pool].called) return;
        pools[pool].called = 1;
        int32_t place = round_count++;
        for (; place > 0 && rounds[place - 1] < pool; place--) rounds[place] = rounds[place - 1];
        rounds[place] = pool;  // the lowest number last
    }

    inline bool is_before(int32_t one, int32_t other) const {
        const Unit &first = units[one], &second = units[other];
        if (first.anchor_day != second.anchor_day) return first.anchor_day < second.anchor_day;
        return first.rate != second.rate ? first.rate < second.rate : one < other;
    }

    inline void ask(int32_t pool, int32_t unit) {
        Unit &mine = units[unit];
        Pool &ours = pools[pool];
        mine.anchor_day = now;
        mine.rate = uniform_at(run, facts[unit].key, TIE_BREAK, smalls[unit].attempt);
        int32_t before = ours.last, after = NOBODY;
        while (before != NOBODY && is_before(unit, before)) after = before, before = queued[before].before;
        queued[unit] = {before, after};
        (before == NOBODY ? ours.first : queued[before].after) = unit;
        (after == NOBODY ? ours.last : queued[after].before) = unit;
        ours.waiting++;
        call_round(pool);
    }

    inline void withdraw(int32_t pool, int32_t unit) {
        Pool &ours = pools[pool];
        Links mine = queued[unit];
        (mine.before == NOBODY ? ours.first : queued[mine.before].after) = mine.after;
        (mine.after == NOBODY ? ours.last : queued[mine.after].before) = mine.before;
        ours.waiting--;
    }

    inline void give_back(int32_t pool) {
        pools[pool].held--;
        call_round(pool);
    }

    template <bool LOG> inline void grant(int32_t pool) {
        Pool &ours = pools[pool];
        ours.called = 0;
        int event = pool < organisation_count ? SLOT_GRANT : PLACE_GRANT;
        int32_t count = std::max(0, std::min(ours.waiting, ours.capacity - ours.held));
        ours.held += count;
        for (; count > 0; count--) {
            int32_t unit = ours.first;
            withdraw(pool, unit);
            step<LOG>(unit, event);
        }
    }

    // --- peers -------------------------------------------------------------------------------------------------------

    inline bool comes(int32_t place, const Meeting &meeting) const {
        return uniform_at(run, attendance_key[site_of[place]], ATTENDANCE, 2 * meeting.date) < meeting.attendance;
    }

    // What a unit learnt at the last meeting it came to is worked out when it matters: while it is interested, and
    // when it comes into use or lapses.
    inline void recall(int32_t unit, int32_t own) {
        if (!network_count || members[unit].place < 0) return;
        const Member &member_of = members[unit];
        Known &mine = known[member_of.place];
        int32_t number = held_count[member_of.network];
        for (int32_t last = number - 1; last >= mine.meetings; last--) {
            int32_t meeting = held[held_start[member_of.network] + last];
            if (comes(member_of.place, meetings[meeting])) {
                mine.in_use = seen_in_use[meeting * tool_count + facts[unit].intervention] - own;
                break;
            }
        }
        mine.meetings = number;
    }

    // Only those to whom the meeting could matter are asked whether they come: who has not heard of it where somebody
    // has, and who is interested and would learn something new.
    template <bool LOG> inline void hold_meeting(int32_t number) {
        const Meeting &meeting = meetings[number];
        int32_t network = meeting.network, told_count = 0;
        const int32_t *counts = &in_use[network * tool_count], *knowing = &aware[network * tool_count];
        std::copy(counts, counts + tool_count, &seen_in_use[number * tool_count]);
        held_count[network]++;
        for (int32_t place = member_start[network]; place < member_start[network + 1]; place++) {
            int32_t status = standing[place], count = counts[tool_of[place]];
            if (status == INTERESTED) {
                if (known[place].in_use == count || !comes(place, meeting)) continue;
                int32_t unit = member[place];
                known[place].in_use = count;
                if (change_rate(unit, decision_rate(unit))) call(unit);
            } else if (status == 0 && knowing[tool_of[place]] && comes(place, meeting) && hears(place, meeting))
                told[told_count++] = member[place];
        }
        for (int32_t place = 0; place < told_count; place++) {
            note<LOG>(told[place], CONTACT, 1, MEETING, -1);
            begin_hazard(told[place]);
            call(told[place]);
        }
    }

    inline bool hears(int32_t mine, const Meeting &meeting) const {
        uint64_t agent = join(network_key[meeting.network], facts[member[mine]].key);
        if (!(uniform_at(run, agent, HEARING, meeting.date) < constants.meeting_contact_share)) return false;
        for (int32_t place = member_start[meeting.network]; place < member_start[meeting.network + 1]; place++)
            if (standing[place] > 0 && tool_of[place] == tool_of[mine] && comes(place, meeting)) return true;
        return false;
    }

    inline void count_in_use(int32_t unit, int32_t change) {
        if (network_count && members[unit].place >= 0)
            in_use[members[unit].network * tool_count + facts[unit].intervention] += change;
    }

    // --- a life, event by event --------------------------------------------------------------------------------------

    inline uint64_t cycle_number(const Small &mine) const {
        return uint64_t((int64_t(mine.attempt) << 32) + (int64_t(mine.element) << 24) + mine.cycle);
    }

    inline double cycle_days(int32_t unit) const {
        const Tool &tool = tools[facts[unit].intervention];
        if (constants.cycle_shape == 0) return tool.mean_days;
        double number = uniform_at(run, facts[unit].key, CYCLE_LENGTH, cycle_number(smalls[unit]));
        if (constants.cycle_shape == 2) return tool.mean_days * -std::log(number);
        double sd = constants.cycle_log_sd;
        return tool.mean_days * std::exp(sd * normal(number) - 0.5 * sd * sd);
    }

    inline bool cycle_succeeds(int32_t unit) const {
        const Facts &fact = facts[unit];
        const Small &mine = smalls[unit];
        const Tool &tool = tools[fact.intervention];
        double coached = mine.coached ? coaching[fact.psc] : constants.uncoached;
        double effects = coached + tool.testing + capability[unit] + fact.half_frailty;
        double chance = -std::expm1(tool.log_failure * std::exp(effects - tool.difficulty[mine.element]));
        return uniform_at(run, fact.key, CYCLE_SUCCESS, cycle_number(mine)) < chance;
    }

    vector<double> capability;

    inline uint8_t elements_kept(int32_t unit) const {
        int count = int(tools[facts[unit].intervention].elements), kept = 0;
        for (int element = 0; element < count; element++) {
            uint64_t occurrence = (uint64_t(smalls[unit].attempt) << 32) + element;
            if (!(uniform_at(run, facts[unit].key, ELEMENT_LOSS, occurrence) < constants.element_loss_share))
                kept |= 1 << element;
        }
        return uint8_t(kept == (1 << count) - 1 ? kept & ~(1 << (count - 1)) : kept);
    }

    inline void start_clocks_of_use(int32_t unit, double since) {
        Unit &mine = units[unit];
        const Small &small = smalls[unit];
        mine.timer_day = small.status == SUSTAINED ? NEVER : std::max(since + constants.sustain_days, now);
        mine.spread_day = NEVER;
        if (small.status == ADOPTED)
            mine.spread_day =
                due_day(now, exponential_at(run, facts[unit].key, SPREAD_DRAW, small.attempt), constants.spread_per_day);
    }

    template <bool LOG> inline void begin_testing(int32_t unit) {
        Small &mine = smalls[unit];
        note<LOG>(unit, TESTING, TESTING_NOW, mine.coached ? COACHED : UNCOACHED, -1);
        mine.succeeded = 0, mine.element = 0, mine.cycle = 0;
        begin_hazard(unit);
        next_cycle<LOG>(unit);
    }

    template <bool LOG> inline void next_cycle(int32_t unit) {
        Small &mine = smalls[unit];
        int64_t count = tools[facts[unit].intervention].elements;
        while (mine.element < count && (mine.elements >> mine.element) & 1) mine.element++, mine.cycle = 0;
        if (mine.element < count) {
            units[unit].timer_day = now + cycle_days(unit);
            return call(unit);
        }
        recall(unit, 0);
        leave_pools(unit);
        mine.elements = uint8_t((1 << count) - 1);
        note<LOG>(unit, ADOPTION, ADOPTED, NONE, -1);
        if (first_day[unit] == NEVER) first_day[unit] = now;
        count_in_use(unit, 1);
        start_clocks_of_use(unit, now);
        begin_hazard(unit);
        call(unit);
    }

    inline void leave_pools(int32_t unit) {
        give_back(facts[unit].slots);
        if (smalls[unit].coached) give_back(organisation_count + facts[unit].psc);
        smalls[unit].coached = 0;
    }

    template <bool LOG> void step(int32_t unit, int event) {
        Unit &mine = units[unit];
        Small &small = smalls[unit];
        const Facts &fact = facts[unit];
        switch (event) {
            case CYCLE_FAILED: {
                int element = small.element;
                bool succeeds = cycle_succeeds(unit);
                if (succeeds) small.elements |= uint8_t(1 << element), small.succeeded = 1;
                small.cycle++;
                note<LOG>(unit, succeeds ? ELEMENT_IN_PLACE : CYCLE_FAILED, TESTING_NOW, NONE, element);
                return next_cycle<LOG>(unit);
            }
            case CONTACT:
            case INTEREST:
                note<LOG>(unit, event, event + 1, event == CONTACT ? OUTREACH : NONE, -1);
                break;
            case DECISION:
            case RESTART:
                note<LOG>(unit, event, WAITING, NONE, -1);
                mine.timer_day = NEVER;
                ask(fact.slots, unit);
                return call(unit);
            case SLOT_GRANT:
                note<LOG>(unit, event, WAITING, NONE, -1);
                if (fact.places < 0) return begin_testing<LOG>(unit);
                mine.timer_day = now + constants.patience_days * exponential_at(run, fact.key, PATIENCE, small.attempt);
                ask(fact.places, unit);
                return call(unit);
            case PLACE_GRANT:
                small.coached = 1;
                note<LOG>(unit, event, WAITING, NONE, -1);
                return begin_testing<LOG>(unit);
            case EXPIRY:
                withdraw(fact.places, unit);
                note<LOG>(unit, event, WAITING, NONE, -1);
                return begin_testing<LOG>(unit);
            case SPREAD:
                mine.spread_day = NEVER;
                note<LOG>(unit, event, 6, NONE, -1);
                return call(unit);
            case SUSTAIN:
                mine.spread_day = mine.timer_day = NEVER;
                note<LOG>(unit, event, SUSTAINED, NONE, -1);
                change_rate(unit, rate_of(unit));
                return call(unit);
            case STOP:
                leave_pools(unit);
                note<LOG>(unit, event, STOPPED, small.succeeded ? NONE : NO_SIGNAL, -1);
                small.attempt++;
                break;
            case LAPSE:
                recall(unit, 1);
                small.elements = elements_kept(unit);
                note<LOG>(unit, event, LAPSED, NONE, -1);
                small.attempt++;
                count_in_use(unit, -1);
                break;
            case RESUME:
                note<LOG>(unit, event, INTERESTED, NONE, -1);
                break;
        }
        begin_hazard(unit);
        call(unit);
    }

    // --- the run -----------------------------------------------------------------------------------------------------

    void begin() {
        now = 0.0, stretch = -1, due = NOBODY, round_count = 0, row_count = 0;
        std::fill(stretches.begin(), stretches.end(), NOBODY);
        std::fill(in_use.begin(), in_use.end(), 0);
        std::fill(aware.begin(), aware.end(), 0);
        std::fill(held_count.begin(), held_count.end(), 0);
        std::fill(first_day.begin(), first_day.end(), NEVER);
        for (size_t pool = 0; pool < pools.size(); pool++) pools[pool] = {capacity[pool], 0, NOBODY, NOBODY, 0, 0};
        for (int32_t unit = 0; unit < unit_count; unit++) {
            const Facts &fact = facts[unit];
            smalls[unit] = {fact.start_status, START, fact.start_elements, 0, 0, 0, NOWHERE, 0, 0, 0};
            if (fact.start_status >= ADOPTED && fact.start_status < STOPPED) count_in_use(unit, 1);
            if (!network_count || members[unit].place < 0) continue;
            standing[members[unit].place] = fact.start_status;
            if (fact.start_status > 0) aware[members[unit].network * tool_count + fact.intervention]++;
        }
        for (int32_t unit = 0; network_count && unit < unit_count; unit++) {
            int32_t own = smalls[unit].status >= ADOPTED && smalls[unit].status < STOPPED;
            const Member &place = members[unit];
            if (place.place >= 0)
                known[place.place] = {in_use[place.network * tool_count + facts[unit].intervention] - own, 0};
        }
    }

    template <bool LOG> void start(int32_t unit) {
        Small &small = smalls[unit];
        const Facts &fact = facts[unit];
        units[unit].timer_day = NEVER;
        if (small.status == TESTING_NOW) {
            small.coached = fact.start_coached;
            pools[fact.slots].held++;
            pools[organisation_count + fact.psc].held += fact.start_coached;
            begin_hazard(unit);
            return next_cycle<LOG>(unit);
        }
        if (small.status == WAITING) {
            ask(fact.slots, unit);
            return call(unit);
        }
        if (small.status >= ADOPTED && small.status < STOPPED) start_clocks_of_use(unit, start_since[unit]);
        begin_hazard(unit);
        call(unit);
    }

    template <bool LOG> int64_t go(uint64_t run_key) {
        run = run_key;
        begin();
        for (int32_t unit = 0; unit < unit_count; unit++) start<LOG>(unit);
        size_t meeting = 0;
        while (true) {
            double unit_day = next_day();
            double meeting_day = meeting < meetings.size() ? meetings[meeting].day : NEVER;
            double day = std::min(unit_day, meeting_day);
            if (round_count && day > now) {
                grant<LOG>(rounds[--round_count]);
                continue;
            }
            if (day >= constants.horizon_days) return row_count;
            now = day;
            if (meeting_day == day && !(unit_day == day && is_end(smalls[due].event))) hold_meeting<LOG>(int32_t(meeting++));
            else step<LOG>(due, smalls[due].event);
        }
    }

    bool read(const char *path);
};

// --- reading ---------------------------------------------------------------------------------------------------------

struct File {
    std::FILE *file;
    template <class T> vector<T> next() {
        int64_t bytes = 0;
        if (std::fread(&bytes, 8, 1, file) != 1) return {};
        vector<T> values(size_t(bytes) / sizeof(T));
        if (std::fread(values.data(), 1, size_t(bytes), file) != size_t(bytes)) return {};
        return values;
    }
};

bool Limit::read(const char *path) {
    File in{std::fopen(path, "rb")};
    if (!in.file) return false;
    auto numbers = in.next<double>();
    if (numbers.size() != sizeof(Constants) / 8) return false;
    std::memcpy(&constants, numbers.data(), sizeof(Constants));
    // By intervention.
    auto push = in.next<double>(), trend = in.next<double>(), testing = in.next<double>(), stopping = in.next<double>(),
         shock = in.next<double>(), campaign = in.next<double>();
    auto started = in.next<int64_t>(), open = in.next<int64_t>(), elements = in.next<int64_t>();
    auto mean_days = in.next<double>(), chance = in.next<double>(), difficulty = in.next<double>();
    // By collaborative, by organisation.
    auto support = in.next<double>();
    coaching = in.next<double>();
    auto hours = in.next<double>();
    auto places = in.next<int64_t>(), slots = in.next<int64_t>();
    // By unit.
    auto key = in.next<uint64_t>(), site_key = in.next<uint64_t>();
    auto site = in.next<int64_t>(), organisation = in.next<int64_t>(), psc = in.next<int64_t>(),
         intervention = in.next<int64_t>(), engaged = in.next<int64_t>();
    auto interest_base = in.next<double>(), decision_base = in.next<double>(), half_frailty = in.next<double>();
    capability = in.next<double>();
    auto turnover = in.next<double>();
    auto status = in.next<int64_t>();
    start_since = in.next<double>();
    auto start_elements = in.next<int64_t>(), coached = in.next<int64_t>();
    // What units see at meetings, networks that meet, and their meetings.
    auto view_weight = in.next<double>();
    auto view_network = in.next<int64_t>(), view_peers = in.next<int64_t>();
    auto network_start = in.next<int64_t>(), network_member = in.next<int64_t>();
    network_key = in.next<uint64_t>();
    auto day = in.next<double>(), attendance = in.next<double>();
    auto date = in.next<int64_t>(), network = in.next<int64_t>();
    std::fclose(in.file);

    unit_count = int32_t(key.size()), tool_count = int32_t(elements.size()), network_count = int32_t(network_key.size());
    organisation_count = int32_t(slots.size());
    for (int64_t count : slots) capacity.push_back(int32_t(count));
    for (int64_t count : places) capacity.push_back(int32_t(count));
    for (int32_t i = 0; i < tool_count; i++) {
        Tool tool{mean_days[i], std::log1p(-chance[i]), testing[i], stopping[i], elements[i], {}};
        for (int64_t e = 0; e < elements[i]; e++) tool.difficulty[e] = difficulty[i * (difficulty.size() / tool_count) + e];
        tools.push_back(tool);
    }
    for (int32_t u = 0; u < unit_count; u++) {
        int64_t i = intervention[u], c = psc[u];
        bool supported = engaged[u] && started[i];
        double contact = (campaign[i] * std::exp(push[i]) + constants.contact_per_hour * (supported ? hours[c] : 0.0));
        double effects = (supported ? support[c] : constants.unsupported) + trend[i];
        Facts fact{key[u], contact * std::exp(shock[i]), interest_base[u] * std::exp(push[i] + shock[i]),
                   open[i] ? decision_base[u] * std::exp(effects) : 0.0, 0.0, half_frailty[u], int32_t(organisation[u]),
                   supported && places[c] > 0 ? organisation_count + int32_t(c) : -1, int16_t(i), int16_t(c),
                   uint8_t(supported), uint8_t(status[u]), uint8_t(start_elements[u]), uint8_t(coached[u])};
        fact.lapse_factor = std::exp(turnover[u] - held_by_support(fact));
        facts.push_back(fact);
    }
    members.assign(network_count ? unit_count : 0, {0.0, 0, NOBODY, 0});
    member_start.assign(network_start.begin(), network_start.end());
    for (int32_t n = 0; n < network_count; n++)
        for (int64_t place = network_start[n]; place < network_start[n + 1]; place++) {
            int64_t unit = network_member[place];
            if (place == network_start[n] || site[member.back()] != site[unit])
                attendance_key.push_back(join(network_key[n], site_key[unit]));
            site_of.push_back(int32_t(attendance_key.size()) - 1);
            tool_of.push_back(uint8_t(intervention[unit]));
            member.push_back(int32_t(unit));
            bool sees = view_network[unit] == n;
            members[unit] = {sees ? view_weight[unit] : 0.0, n, int32_t(place),
                             sees ? int32_t(view_peers[unit]) : 0};
        }
    held_start.assign(network_count + 1, 0);
    for (int64_t n : network) held_start[n + 1]++;
    for (int32_t n = 0; n < network_count; n++) held_start[n + 1] += held_start[n];
    held.resize(network.size());
    vector<int32_t> at(held_start.begin(), held_start.end());
    for (size_t m = 0; m < network.size(); m++) {
        meetings.push_back({day[m], attendance[m], date[m], int32_t(network[m])});
        held[at[network[m]]++] = int32_t(m);
    }
    units.resize(unit_count), smalls.resize(unit_count), queued.resize(unit_count), known.resize(member.size());
    pools.resize(capacity.size()), rounds.resize(capacity.size()), first_day.resize(unit_count);
    standing.resize(member.size()), in_use.resize(network_count * tool_count), aware.resize(network_count * tool_count);
    seen_in_use.resize(meetings.size() * tool_count), held_count.resize(network_count);
    stretches.resize(std::max(2048, 8 * unit_count));
    per_day = double(stretches.size()) / constants.horizon_days;
    stretches.push_back(NOBODY);
    told.resize(member.size());
    rows.make(1024);
    return true;
}

}  // namespace

// --- from Python -----------------------------------------------------------------------------------------------------

extern "C" {

void *limit_open(const char *path) {
    auto *limit = new Limit;
    if (limit->read(path)) return limit;
    delete limit;
    return nullptr;
}

void limit_close(void *limit) { delete static_cast<Limit *>(limit); }

// One replicate of draw 0; how many rows its log has.
int64_t limit_run(void *limit, uint64_t seed, uint64_t replicate, int with_log) {
    uint64_t run = join(join(join(GOLDEN, seed), 0), replicate);
    auto *it = static_cast<Limit *>(limit);
    return with_log ? it->go<true>(run) : it->go<false>(run);
}

const double *limit_first_days(void *limit) { return static_cast<Limit *>(limit)->first_day.data(); }

const void *limit_column(void *limit, int column) {
    Rows &rows = static_cast<Limit *>(limit)->rows;
    const void *columns[] = {rows.time.data(), rows.kind.data(), rows.unit.data(), rows.element.data(),
                             rows.from.data(), rows.to.data(), rows.cause.data()};
    return columns[column];
}
}
