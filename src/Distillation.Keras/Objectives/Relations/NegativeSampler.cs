using Distillation.Keras.Backend;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Objectives;

/// <summary>Draws the negatives of anchors: samples outside of the anchor's group, each as likely, with replacement.</summary>
/// <remarks>
/// Samples lie in the order of their groups, so that leaving a group out is a jump over one range. Its tensors belong to the fit.
/// </remarks>
internal sealed class NegativeSampler
{
    private readonly Tensor? _order;
    private readonly Tensor? _starts;
    private readonly Tensor? _sizes;
    private readonly long _count;

    private NegativeSampler(long count, Tensor? order, Tensor? starts, Tensor? sizes)
    {
        _count = count;
        _order = order;
        _starts = starts;
        _sizes = sizes;
    }

    /// <summary>Each sample is a group of its own.</summary>
    public static NegativeSampler OfSamples(long samples) => new(samples, null, null, null);

    /// <summary>The samples of a class are a group.</summary>
    /// <param name="classes">The class of each sample, int64 (samples,); below 0: none, such a sample is not drawn.</param>
    /// <param name="binding">Keeps the tables.</param>
    /// <exception cref="ArgumentException">There is no sample outside of some class.</exception>
    public static NegativeSampler OfClasses(Tensor classes, ObjectiveBinding binding)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor labelled = classes.IsAtLeast(0).nonzero().squeeze(1);
        Tensor groups = classes.index_select(0, labelled);
        Tensor sizes = groups.numel() == 0 ? zeros(1, ScalarType.Int64, groups.device) : groups.bincount(null);
        if (sizes.max().item<long>() == labelled.numel())
        {
            throw new ArgumentException(
                "Negatives of other classes come from samples of at least two classes, but all labels of the transfer set are of one "
                    + "class. Draw them from all other samples: ContrastiveNegatives.OtherSamples.",
                nameof(classes)
            );
        }

        Tensor order = labelled.index_select(0, groups.argsort());

        // The range of each sample's own class; without a label an empty one.
        Tensor known = classes.AtLeast(0);
        Tensor starts = (sizes.cumsum(0) - sizes).index_select(0, known).where(classes.IsAtLeast(0), zeros_like(classes));
        Tensor own = sizes.index_select(0, known).where(classes.IsAtLeast(0), zeros_like(classes));
        return new NegativeSampler(labelled.numel(), binding.Keep(order), binding.Keep(starts), binding.Keep(own));
    }

    /// <summary>Samples, int64 (anchors, number).</summary>
    /// <param name="anchors">Which samples the anchors are, int64 (anchors,).</param>
    /// <param name="number">How many for each.</param>
    /// <param name="generator">The random numbers; <see langword="null"/>: libtorch's own.</param>
    public Tensor Draw(Tensor anchors, int number, Generator? generator)
    {
        Tensor start = (_starts?.index_select(0, anchors) ?? anchors).unsqueeze(1);
        Tensor size = (_sizes?.index_select(0, anchors) ?? ones_like(anchors)).unsqueeze(1);
        Tensor others = size.neg().Plus(_count);

        // In float64 each whole number is hit; rounding must not give one too many. Drawn on the host, where generators are.
        Tensor uniform = rand([anchors.shape[0], number], ScalarType.Float64, CPU, generator: generator).to(anchors.device);
        Tensor drawn = minimum((uniform * others).floor().to(ScalarType.Int64), others.Minus(1));
        Tensor places = drawn.Plus(size * drawn.ge(start).to(ScalarType.Int64));
        return _order is null ? places : _order.index_select(0, places.flatten()).view(places.shape);
    }
}
