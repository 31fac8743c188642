/// Divides the space of a disk among partitions and the padding behind each, as repart.d(5) describes it.
///
/// Space is given in multiples of the alignment. Each claim has a weight and limits; who has to have more than its share gets its
/// minimum first, then who may not have so much gets its maximum, and the rest is divided by weight.
struct SpaceAllocation {
    /// The space that one partition or one padding asks for, in bytes.
    struct Claim: Sendable, Equatable {
        var weight: UInt64
        var minimum: UInt64
        /// nil for no limit.
        var maximum: UInt64?
    }

    let claims: [Claim]
    /// Bytes in the smallest piece of space.
    let alignment: UInt64

    /// Returns the bytes of each claim, in order; nil if the minimums do not fit into the space.
    func divide(_ space: UInt64) -> [UInt64]? {
        var sizes = [UInt64?](repeating: nil, count: claims.count)
        var (rest, overflow) = (space, false)
        var weights = claims.reduce(0) { $0 + $1.weight }
        func settle(_ index: Int, _ size: UInt64) {
            sizes[index] = size
            (rest, overflow) = rest >= size ? (rest - size, overflow) : (0, true)
            weights -= claims[index].weight
        }
        func settleAll(_ limit: (Claim, UInt64) -> UInt64?) {
            var isStable = false
            while !isStable {
                isStable = true
                for index in claims.indices where sizes[index] == nil {
                    if let size = limit(claims[index], share(claims[index].weight, of: rest, among: weights)) {
                        settle(index, size)
                        isStable = false
                    }
                }
            }
        }
        settleAll { $0.minimum > $1 ? $0.minimum : nil }
        settleAll { claim, share in claim.maximum.flatMap { $0 < share ? max($0, claim.minimum) : nil } }
        for index in claims.indices where sizes[index] == nil {
            settle(index, share(claims[index].weight, of: rest, among: weights))
        }
        return overflow ? nil : sizes.map { $0 ?? 0 }
    }

    /// Returns the sizes after the claims that may grow, in order, have been given what is left, up to their maximums.
    func handOut(_ rest: UInt64, to sizes: [UInt64], isElastic: (Int) -> Bool) -> [UInt64] {
        var (sizes, rest) = (sizes, rest / alignment * alignment)
        for index in claims.indices where isElastic(index) {
            let room = claims[index].maximum.map { $0 > sizes[index] ? $0 - sizes[index] : 0 } ?? rest
            let more = min(rest, room)
            sizes[index] += more
            rest -= more
        }
        return sizes
    }

    private func share(_ weight: UInt64, of space: UInt64, among weights: UInt64) -> UInt64 {
        guard weights > 0 else { return 0 }
        if weight == weights { return space / alignment * alignment }
        let product = space.multipliedFullWidth(by: weight)
        // The weight is less than all weights, so the quotient fits.
        let share = weights.dividingFullWidth((product.high, product.low)).quotient
        return share / alignment * alignment
    }
}
