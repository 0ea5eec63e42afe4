namespace Distillation.Keras.Layers;

/// <content>How the vocabulary is learned and given.</content>
public abstract partial class IndexLookup<TToken>
{
    /// <summary>
    /// Learns the vocabulary from tokens, instead of that learned before: the most frequent first, and of equally frequent ones the last in
    /// order; at most as many as <see cref="MaxTokens"/> has room for.
    /// </summary>
    /// <param name="data">
    /// An array of tokens, batch first, several as batches, or a <see cref="DataSource"/>, of whose batches x is taken. For
    /// <c>"tf_idf"</c> a row is a document; of an array with one axis each token is one, of a batch with one axis all are one, as in Keras.
    /// </param>
    /// <param name="steps">At most so many batches; <see langword="null"/>: all.</param>
    /// <exception cref="InvalidOperationException">
    /// The vocabulary was given when the layer was made, or the layer gives rows, which would become wider or narrower.
    /// </exception>
    /// <exception cref="ArgumentException">
    /// There are no tokens, or, for integers, there are fractions, NaN or numbers beyond int64.
    /// </exception>
    public void Adapt(ArrayLike data, int? steps = null)
    {
        if (_isGiven)
        {
            throw new InvalidOperationException(
                $"The vocabulary of '{Name}' was given when it was made, so that it learns none. Make it without one to adapt it."
            );
        }

        ArgumentNullException.ThrowIfNull(data);
        var counts = new Dictionary<TToken, long>();
        var documents = new Dictionary<TToken, long>();
        long number = 0;
        AdaptBatches.ForEachItem(
            this,
            data,
            steps,
            item =>
            {
                (TToken[] tokens, long[] sizes) = Read(item);
                long rows =
                    sizes.Length > 1 ? sizes[0]
                    : data.IsList || data.Source is not null ? 1
                    : tokens.Length;
                number += rows;
                foreach (TToken token in tokens)
                {
                    counts[token] = counts.GetValueOrDefault(token) + 1;
                }

                foreach (TToken token in tokens.Chunk((int)Math.Max(1, tokens.Length / Math.Max(1, rows))).SelectMany(d => d.Distinct()))
                {
                    documents[token] = documents.GetValueOrDefault(token) + 1;
                }
            }
        );
        counts.Remove(Oov);
        if (HasMask)
        {
            counts.Remove(Mask);
        }

        TToken[] learned =
        [
            .. counts
                .OrderByDescending(p => p.Value)
                .ThenByDescending(p => p.Key, Order)
                .Select(p => p.Key)
                .Take(MaxTokens - TokenStart ?? int.MaxValue),
        ];
        SetTable(learned);
        if (OutputMode == CategoricalEncoding.TfIdf)
        {
            double[] weights = Array.ConvertAll(learned, t => (double)(float)Math.Log(1 + (number / (1.0 + documents[t]))));
            SetIdf(Padded(weights, TokenStart));
        }
    }

    private protected abstract IComparer<TToken> Order { get; }

    /// <summary>The tokens of an array and its shape.</summary>
    private protected abstract (TToken[] Tokens, long[] Sizes) Read(object item);

    /// <summary>Gives it a vocabulary, with or without the special tokens before it.</summary>
    private protected void SetTokens(TToken[] given, double[]? weights)
    {
        bool weighs = OutputMode == CategoricalEncoding.TfIdf;
        if (weighs != weights is not null)
        {
            throw new ArgumentException(
                weighs
                    ? $"With output_mode \"tf_idf\" '{Name}' takes idf_weights with its vocabulary, but none are given."
                    : $"idf_weights are for output_mode \"tf_idf\", but that of '{Name}' is \"{OutputMode}\". Leave them out."
            );
        }

        if (given.Length == 0)
        {
            throw new ArgumentException($"The vocabulary of '{Name}' has at least one token, but it is empty.");
        }

        TToken[] special = [.. Enumerable.Repeat(HasMask ? Mask : Oov, OovStart), .. Enumerable.Repeat(Oov, NumOovIndices)];
        bool hasSpecial = given.Take(TokenStart).SequenceEqual(special);
        TToken[] tokens = hasSpecial ? given[TokenStart..] : given;
        if (tokens.GroupBy(t => t).Where(g => g.Skip(1).Any()).Select(g => Shown(g.Key)).Take(10).ToArray() is { Length: > 0 } repeated)
        {
            throw new ArgumentException(
                $"The tokens of a vocabulary are all different, but that of '{Name}' has more than once: {string.Join(", ", repeated)}."
            );
        }

        foreach (TToken reserved in (TToken[])[.. HasMask ? [Mask] : (TToken[])[], .. Invert ? [Oov] : (TToken[])[]])
        {
            if (tokens.Contains(reserved))
            {
                throw new ArgumentException(
                    $"The vocabulary of '{Name}' comes without special tokens, or begins with them: ["
                        + $"{string.Join(", ", special.Select(t => $"'{Shown(t)}'"))}]; but it has '{Shown(reserved)}' elsewhere."
                );
            }
        }

        if (TokenStart + tokens.Length > MaxTokens)
        {
            throw new ArgumentException(
                Invariant(
                    $"The vocabulary of '{Name}' has at most max_tokens={MaxTokens} tokens, {TokenStart} special ones among them, but this "
                        + $"makes {TokenStart + tokens.Length}."
                )
            );
        }

        if (weights is not null && weights.Length != given.Length && !(hasSpecial && PadToMaxTokens && weights.Length == MaxTokens))
        {
            throw new ArgumentException(
                Invariant($"idf_weights has one weight a token, but there are {given.Length} tokens and {weights.Length} weights.")
            );
        }

        SetTable(tokens);
        if (weights is not null)
        {
            SetIdf(Padded(weights, hasSpecial ? 0 : TokenStart));
        }
    }

    // Unknown tokens weigh as the others do on average, tokens that there are not yet nothing.
    private double[] Padded(double[] weights, int front)
    {
        double[] all = [.. Enumerable.Repeat(weights.Length == 0 ? 0 : weights.Average(), front), .. weights];
        return PadToMaxTokens ? [.. all, .. new double[Math.Max(0, MaxTokens!.Value - all.Length)]] : all;
    }

    private void SetTable(TToken[] tokens)
    {
        int size = tokens.Length + TokenStart;
        if (OutputMode != CategoricalEncoding.Int && !PadToMaxTokens && _frozenSize is int before && before != size)
        {
            throw new InvalidOperationException(
                Invariant(
                    $"With output_mode \"{OutputMode}\" the output of '{Name}' is as wide as its vocabulary, {before}, and another one of "
                        + $"{size} would change it. Give pad_to_max_tokens, or make a new layer."
                )
            );
        }

        long[][] keys = Array.ConvertAll(tokens, KeyOf);
        if (keys.Select(k => k[0]).Distinct().Count() != keys.Length)
        {
            throw new NotSupportedException($"Two tokens of the vocabulary of '{Name}' have one hash. Spell one of them otherwise.");
        }

        _table.Release();
        _inverse?.Dispose();
        _inverse = null;
        (_tokens, _table, _frozenSize) = (tokens, new TokenTable(keys), size);
    }
}
