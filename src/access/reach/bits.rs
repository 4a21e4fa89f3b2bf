/// A set of small numbers.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Bits(Vec<u64>);

impl Bits {
    pub(super) fn insert(&mut self, number: usize) {
        let word = number / 64;
        if self.0.len() <= word {
            self.0.resize(word + 1, 0);
        }
        self.0[word] |= 1 << (number % 64);
    }

    pub(super) fn contains(&self, number: usize) -> bool {
        self.0.get(number / 64).is_some_and(|word| word & (1 << (number % 64)) != 0)
    }

    pub(super) fn first(&self) -> Option<usize> {
        let word = self.0.iter().position(|word| *word != 0)?;
        Some(word * 64 + self.0[word].trailing_zeros() as usize)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = usize> + '_ {
        (0..self.0.len() * 64).filter(|number| self.contains(*number))
    }

    /// Those that are in `other` too.
    pub(super) fn and(&self, other: &Self) -> Self {
        Self(self.0.iter().zip(&other.0).map(|(a, b)| a & b).collect())
    }

    /// Those that are not in `other`.
    pub(super) fn without(&self, other: &Self) -> Self {
        let others = other.0.iter().copied().chain(std::iter::repeat(0));
        Self(self.0.iter().zip(others).map(|(a, b)| a & !b).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::Bits;

    fn of<const N: usize>(numbers: [usize; N]) -> Bits {
        let mut bits = Bits::default();
        for number in numbers {
            bits.insert(number);
        }
        bits
    }

    #[test]
    fn sets_of_unlike_length() {
        let (few, many) = (of([1, 3]), of([3, 70, 200]));
        assert_eq!(many.and(&few).first(), Some(3));
        assert_eq!(many.without(&few).first(), Some(70));
        assert_eq!(few.without(&many).first(), Some(1));
        assert!(many.contains(200) && !many.contains(1_000) && !few.contains(70));
        assert_eq!(many.iter().collect::<Vec<_>>(), [3, 70, 200]);
        assert_eq!(few.and(&Bits::default()).first(), None);
    }
}
