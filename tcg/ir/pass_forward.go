package ir

func (o *Optimizer) forward(r *Region, b *Block, s PassSet) {}
