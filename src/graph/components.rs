use super::Edge;

/// Of each node, a number of its strongly connected component. Kosaraju's way, without recursion.
pub(super) fn components(nodes: usize, edges: &[Edge<'_>]) -> Vec<usize> {
    let (mut next, mut back) = (vec![Vec::new(); nodes], vec![Vec::new(); nodes]);
    for edge in edges {
        next[edge.from].push(edge.to);
        back[edge.to].push(edge.from);
    }
    let mut seen = vec![false; nodes];
    let mut order = Vec::with_capacity(nodes);
    for root in 0..nodes {
        if std::mem::replace(&mut seen[root], true) {
            continue;
        }
        let mut open = vec![(root, 0)];
        while let Some((node, at)) = open.pop() {
            match next[node].get(at) {
                None => order.push(node),
                Some(&to) => {
                    open.push((node, at + 1));
                    if !std::mem::replace(&mut seen[to], true) {
                        open.push((to, 0));
                    }
                }
            }
        }
    }
    let mut of = vec![usize::MAX; nodes];
    for root in order.into_iter().rev() {
        let mut open = vec![root];
        while let Some(node) = open.pop() {
            if of[node] == usize::MAX {
                of[node] = root;
                open.extend(&back[node]);
            }
        }
    }
    of
}
