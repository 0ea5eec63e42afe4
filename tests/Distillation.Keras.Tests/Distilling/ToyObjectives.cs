using Distillation.Keras.Objectives;
using static TorchSharp.torch;

namespace Distillation.Keras.Tests.Distilling;

/// <summary>Objectives for tests of the fit, each the least that shows one part of the contract.</summary>
internal static class ToyObjectives
{
    /// <summary>Squared distance of the features of two layers, behind an adapter.</summary>
    public sealed class Distance(LayerReference teacher, LayerReference student, FeatureAdapter? adapter = null, string name = "distance")
        : DistillationObjective(name)
    {
        public override ObjectiveNeeds Needs => ObjectiveNeeds.None;

        public override IReadOnlyList<FeaturePair> Features { get; } = [new FeaturePair(teacher, student, adapter)];

        public List<long[]> Shapes { get; } = [];

        protected override Tensor Compute(ObjectiveSignals signals)
        {
            Shapes.Add(signals.StudentFeatures[0].shape);
            return (signals.StudentFeatures[0] - signals.TeacherFeatures[0]).square().flatten(1).mean([1]);
        }
    }

    /// <summary>One value for the batch, and a word on what it cannot do.</summary>
    public sealed class Whole(string? problem = null) : DistillationObjective("whole")
    {
        public override bool IsPerSample => false;

        public override IEnumerable<string> Problems(ObjectiveShapes shapes) => problem is null ? [] : [problem];

        protected override Tensor Compute(ObjectiveSignals signals) => (signals.StudentLogits - signals.TeacherLogits).square().mean();
    }

    /// <summary>Reads what it does not declare.</summary>
    public sealed class Careless() : DistillationObjective("careless")
    {
        protected override Tensor Compute(ObjectiveSignals signals) => signals.StudentFeatures[0].sum();
    }

    /// <summary>Gives a scalar although it promises rows.</summary>
    public sealed class Shapeless() : DistillationObjective("shapeless")
    {
        protected override Tensor Compute(ObjectiveSignals signals) => signals.StudentLogits.mean();
    }

    /// <summary>Reads sample indices, and shows the greatest that it saw.</summary>
    public sealed class Indexed() : DistillationObjective("distance")
    {
        public override ObjectiveNeeds Needs => ObjectiveNeeds.StudentLogits | ObjectiveNeeds.SampleIndices;

        protected override Tensor Compute(ObjectiveSignals signals) => (signals.StudentLogits.sum(-1) * 0) + signals.SampleIndices.max();
    }

    /// <summary>A weight of its own for each sample of the transfer set, that counts how often it was seen; training only.</summary>
    public sealed class Counting() : DistillationObjective("counting")
    {
        public override ObjectiveNeeds Needs => ObjectiveNeeds.StudentLogits | ObjectiveNeeds.SampleIndices;

        public override bool IsTrainingOnly => true;

        public List<State> States { get; } = [];

        public override BoundObjective Bind(ObjectiveBinding binding)
        {
            States.Add(new State(this, binding));
            return States[^1];
        }

        public sealed class State(Counting objective, ObjectiveBinding binding) : BoundObjective(objective)
        {
            private readonly Variable _seen = binding.AddVariable(
                "seen",
                new Shape((int)binding.Shapes.Samples!.Value),
                new Initializers.Zeros(),
                trainable: false
            );

            public int Prepared { get; private set; }

            public float[] Seen { get; private set; } = [];

            public Variable Variable => _seen;

            public override void Prepare(IEnumerable<ObjectiveSignals> batches) => Prepared = batches.Count();

            protected override Tensor Compute(ObjectiveSignals signals)
            {
                using (no_grad())
                {
                    _seen.Value.index_add_(0, signals.SampleIndices, ones(signals.SampleIndices.shape[0]), 1);
                    Seen = [.. _seen.Value.data<float>()];
                }

                return signals.StudentLogits.sum(-1) * 0;
            }
        }
    }
}
