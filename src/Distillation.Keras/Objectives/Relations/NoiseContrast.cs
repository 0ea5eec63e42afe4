using Distillation.Keras.Backend;
using static TorchSharp.torch;

namespace Distillation.Keras.Objectives;

/// <summary>
/// The formulas of contrastive representation distillation, on given embeddings, memories and indices. All in log space: finite for every
/// temperature.
/// </summary>
internal static class NoiseContrast
{
    /// <summary>s = m · e / tau, (anchors, 1 + negatives).</summary>
    /// <param name="embeddings">e, the anchors' embeddings, (anchors, size).</param>
    /// <param name="memory">m, the other model's memory, (samples, size). It may be changed afterwards.</param>
    /// <param name="indices">Rows of the memory, int64 (anchors, 1 + negatives); the first column is the anchors' own.</param>
    /// <param name="tau">The temperature.</param>
    public static Tensor Scores(Tensor embeddings, Tensor memory, Tensor indices, double tau)
    {
        // Where fewer rows are stored than drawn, the product with all of them takes less memory than a copy of each drawn one. Gradients
        // keep the copy.
        Tensor products =
            memory.shape[0] * 4 <= indices.numel()
                ? embeddings.matmul(memory.detach().clone().t()).gather(1, indices)
                : memory
                    .detach()
                    .index_select(0, indices.flatten())
                    .view(indices.shape[0], indices.shape[1], -1)
                    .bmm(embeddings.unsqueeze(2))
                    .squeeze(2);
        return products.Over(tau);
    }

    /// <summary>log Z of a batch, a scalar without gradient: Z = N · mean exp(s).</summary>
    /// <param name="scores">s.</param>
    /// <param name="samples">N, the size of the memory.</param>
    public static Tensor LogNormalizer(Tensor scores, long samples) =>
        scores.detach().flatten().logsumexp(0).Plus(Math.Log(samples) - Math.Log(scores.numel()));

    /// <summary>-(log x0 / (x0 + K/N + eps) + sum_j log (K/N) / (xj + K/N + eps)) with x = exp(s) / Z, one value an anchor.</summary>
    /// <param name="scores">s, (anchors, 1 + K); the first column is the positive's.</param>
    /// <param name="logNormalizer">log Z, a scalar.</param>
    /// <param name="samples">N, the size of the memory.</param>
    /// <param name="epsilon">Added to the noise's probability in the logarithm; not negative.</param>
    public static Tensor Rows(Tensor scores, Tensor logNormalizer, long samples, double epsilon)
    {
        long negatives = scores.shape[1] - 1;
        double noise = negatives / (double)samples;

        // x / (x + c) = sigmoid(log x - log c), and c / (x + c) its complement.
        Tensor logits = (scores - logNormalizer).Plus(-Math.Log(noise + epsilon));
        Tensor positive = nn.functional.logsigmoid(logits.select(1, 0));
        Tensor negative = nn.functional.logsigmoid(logits.narrow(1, 1, negatives).neg()).sum(1);
        return positive.Plus(negative).neg().Plus(negatives * Math.Log(1 + (epsilon / noise)));
    }

    /// <summary>The memory's rows after a step: unit(momentum · old + (1 - momentum) · e).</summary>
    /// <param name="memory">Changed in place.</param>
    /// <param name="samples">Which rows, int64 (anchors,).</param>
    /// <param name="embeddings">e, (anchors, size).</param>
    /// <param name="momentum">The old row's part.</param>
    public static void Update(Tensor memory, Tensor samples, Tensor embeddings, double momentum)
    {
        using IDisposable noGrad = no_grad();
        Tensor mixed = memory.index_select(0, samples).Scale(momentum).AddScaled(embeddings.detach(), 1 - momentum);
        memory.index_copy_(0, samples, Vectors.Unit(mixed));
    }
}
