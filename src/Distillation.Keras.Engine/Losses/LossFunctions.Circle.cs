using Distillation.Keras.Backend;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras;

public static partial class LossFunctions
{
    /// <summary>
    /// softplus(logsumexp(gamma (m + d) (d - m) of the same class) + logsumexp(gamma (1 + m - d) (1 - m - d) of other classes)), where d is
    /// 1 less the product of two embeddings, and at least 0.
    /// </summary>
    /// <param name="y_true">Class numbers: (batch) or (batch, 1).</param>
    /// <param name="y_pred">Embeddings of length 1: (batch, size).</param>
    /// <param name="ref_labels">
    /// Class numbers of the embeddings that the batch is compared with; <see langword="null"/>: the batch's own.
    /// </param>
    /// <param name="ref_embeddings">Those embeddings, (count, size); <see langword="null"/>: the batch's own.</param>
    /// <param name="remove_diagonal">Whether the embedding at a row's own place is no partner of it.</param>
    /// <param name="gamma">How much distances are scaled.</param>
    /// <param name="margin">The margin m, how far classes are to be apart.</param>
    /// <returns>(batch): 0 for a row that has no partner of its class, or none of another.</returns>
    /// <exception cref="ArgumentException">The shapes do not fit, or a number is not finite.</exception>
    public static Tensor Circle(
        Tensor y_true,
        Tensor y_pred,
        Tensor? ref_labels = null,
        Tensor? ref_embeddings = null,
        bool remove_diagonal = true,
        double gamma = 80,
        double margin = 0.4
    )
    {
        Arguments.Finite(gamma);
        Arguments.Finite(margin);
        using DisposeScope scope = NewDisposeScope();
        Tensor embeddings = Embeddings(y_true, y_pred, string.Empty);
        Tensor labels = TensorGuard.Real(y_true).to_type(ScalarType.Int64).reshape(-1, 1);
        Tensor others = labels;
        Tensor references = embeddings;
        if (ref_embeddings is not null || ref_labels is not null)
        {
            references = ref_embeddings is null ? embeddings : TensorGuard.Real(ref_embeddings).to_type(embeddings.dtype);
            others = ref_labels is null ? labels : TensorGuard.Real(ref_labels).to_type(ScalarType.Int64).reshape(-1, 1);
            CheckCircle(Shape.FromSizes((ref_labels ?? y_true).shape), Shape.FromSizes(references.shape), "reference ");
            if (references.shape[1] != embeddings.shape[1])
            {
                throw new ArgumentException(
                    Invariant(
                        $"circle: embeddings are compared with others of their size, {embeddings.shape[1]}, but the reference embeddings "
                            + $"have the size {references.shape[1]}."
                    ),
                    nameof(ref_embeddings)
                );
            }
        }

        Tensor distance = embeddings.mm(references.t()).Complement().AtLeast(0.0);
        Tensor same = labels.eq(others.t());
        Tensor different = same.logical_not();
        if (remove_diagonal)
        {
            same = same.logical_and(eye(same.shape[0], same.shape[1], ScalarType.Bool, same.device).logical_not());
        }

        Tensor near = distance.Plus(margin).AtLeast(0.0).mul(distance.Minus(margin)).Times(gamma);
        Tensor far = distance.SubtractedFrom(1 + margin).AtLeast(0.0).mul(distance.SubtractedFrom(1 - margin)).Times(gamma);
        Tensor both = SumOfExponentials(near, same).Plus(SumOfExponentials(far, different));
        Tensor counts = same.any(1).logical_and(different.any(1));
        return Nonlinearities.Softplus(both).Replaced(counts.logical_not(), 0).MoveToOuterDisposeScope();
    }

    /// <summary>Refuses what are not class numbers and embeddings.</summary>
    internal static void CheckCircle(Shape labels, Shape embeddings, string which)
    {
        bool fits =
            embeddings.Rank == 2
            && (labels.Rank == 1 || (labels.Rank == 2 && labels[1] == 1))
            && (labels[0] is null || embeddings[0] is null || labels[0] == embeddings[0]);
        if (!fits)
        {
            throw new ArgumentException(
                $"circle: {which}embeddings are (batch, size) and their class numbers (batch) or (batch, 1), but the shapes are "
                    + $"{embeddings} and {labels}."
            );
        }
    }

    private static Tensor Embeddings(Tensor y_true, Tensor y_pred, string which)
    {
        TensorGuard.Real(y_true);
        TensorGuard.Real(y_pred);
        CheckCircle(Shape.FromSizes(y_true.shape), Shape.FromSizes(y_pred.shape), which);
        return y_pred.is_floating_point() ? y_pred : y_pred.to_type(ScalarType.Float32);
    }

    // Of a row where nothing counts it is a number without a gradient, as that of no numbers is not finite.
    private static Tensor SumOfExponentials(Tensor values, Tensor counts)
    {
        Tensor filled = values.Replaced(counts.logical_not(), double.NegativeInfinity);
        return filled.Replaced(counts.any(1, keepdim: true).logical_not(), 0).logsumexp(1);
    }
}
