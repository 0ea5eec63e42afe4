using Distillation.Keras.Backend;
using Distillation.Keras.Initializers;
using Distillation.Keras.Layers;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Objectives;

/// <summary>Overhauled feature distillation in one fit: with the margins of the teacher's channels.</summary>
internal sealed class BoundOverhaul : BoundObjective
{
    /// <summary>The share of negative responses up to which their mean says nothing.</summary>
    public const double Seldom = 0.001;

    private readonly OverhaulFeatureDistillation _objective;
    private readonly Variable[] _margins;
    private readonly bool[] _isKnown;

    /// <summary>Binds it: takes the margins that were given or that a batch normalisation tells.</summary>
    public BoundOverhaul(OverhaulFeatureDistillation objective, ObjectiveBinding binding)
        : base(objective)
    {
        _objective = objective;
        _margins =
        [
            .. binding.Shapes.Features.Select(
                (f, i) =>
                    binding.AddVariable(
                        Invariant($"margin_{i}"),
                        f.Teacher.Known(-1, nameof(OverhaulFeatureDistillation)),
                        new Zeros(),
                        trainable: false
                    )
            ),
        ];
        _isKnown = new bool[_margins.Length];
        using DisposeScope scope = NewDisposeScope();
        for (int i = 0; i < _margins.Length; i++)
        {
            if (objective.ChannelMargins.Count > 0)
            {
                Know(i, tensor(objective.ChannelMargins.ToArray(), device: binding.Device));
            }
            else if (
                binding.TeacherLayer(i) is BatchNormalization { Built: true } layer
                && LastAxis(layer, binding.Shapes.Features[i].Teacher)
            )
            {
                Variable? gamma = layer.Weights.FirstOrDefault(w => w.Name == "gamma");
                Variable? beta = layer.Weights.FirstOrDefault(w => w.Name == "beta");
                Tensor like = _margins[i].Value.detach();
                Know(
                    i,
                    OverhaulFeatureDistillation.Margins(
                        beta?.Value.detach() ?? zeros_like(like),
                        gamma?.Value.detach().abs() ?? ones_like(like)
                    )
                );
            }
        }
    }

    /// <summary>The margins of a pair, (channels).</summary>
    internal Tensor Margins(int pair) => _margins[pair].Value;

    /// <summary>Measures the margins that are not known on the training samples.</summary>
    public override void Prepare(IEnumerable<ObjectiveSignals> batches)
    {
        ArgumentNullException.ThrowIfNull(batches);
        int[] unknown = [.. Enumerable.Range(0, _margins.Length).Where(i => !_isKnown[i])];
        if (unknown.Length == 0)
        {
            return;
        }

        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGrad = no_grad();
        Tensor[] sums = Array.ConvertAll(
            unknown,
            i => zeros(5, _margins[i].Shape.Known(0, nameof(OverhaulFeatureDistillation)), ScalarType.Float64, _margins[i].Device)
        );
        foreach (ObjectiveSignals batch in batches)
        {
            using DisposeScope step = NewDisposeScope();
            for (int k = 0; k < unknown.Length; k++)
            {
                sums[k].Accumulate(Sums(batch.TeacherFeatures[unknown[k]]));
            }
        }

        for (int k = 0; k < unknown.Length; k++)
        {
            Tensor count = sums[k][0];
            Tensor negatives = sums[k][1];
            Tensor mean = sums[k][3] / count;
            Tensor deviation = ((sums[k][4] / count) - mean.Squared()).AtLeast(0).sqrt();
            Know(unknown[k], where(negatives.le(count.Times(Seldom)), deviation.Times(-3), sums[k][2] / negatives.AtLeast(1)));
        }
    }

    /// <inheritdoc/>
    protected override Tensor Compute(ObjectiveSignals signals) =>
        FeatureTerms.Sum(
            signals,
            FeatureRules.Equal,
            (teacher, student, pair) =>
            {
                if (!_isKnown[pair])
                {
                    throw new InvalidOperationException(
                        $"OverhaulFeatureDistillation measures the margins of teacher {_objective.Features[pair].Teacher} before the "
                            + "first step, but Prepare was not called. Call it, give channelMargins, or take a BatchNormalization of "
                            + "the teacher."
                    );
                }

                Tensor target = teacher.maximum(_margins[pair].Value.to(teacher.dtype));
                Tensor cut = student.le(target).logical_and(target.le(zeros_like(target)));
                return _objective.Reduction.Rows((student - target).Squared().Replaced(cut, 0));
            }
        );

    // Of each channel: how many responses, how many negative, their sum, the sum of all and of all squares.
    private static Tensor Sums(Tensor feature)
    {
        Tensor x = feature.detach().flatten(0, -2).to(ScalarType.Float64);
        Tensor negative = x.AtMost(0);
        return stack([ones_like(x).sum(0L), x.IsBelow(0).to(ScalarType.Float64).sum(0L), negative.sum(0L), x.sum(0L), x.Squared().sum(0L)]);
    }

    private static bool LastAxis(BatchNormalization layer, Shape shape) => layer.Axis == -1 || layer.Axis == shape.Rank - 1;

    private void Know(int pair, Tensor margins)
    {
        _margins[pair].Assign(margins);
        _isKnown[pair] = true;
    }
}
