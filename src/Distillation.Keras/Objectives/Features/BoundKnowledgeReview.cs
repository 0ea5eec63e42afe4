using Distillation.Keras.Backend;
using static TorchSharp.torch;

namespace Distillation.Keras.Objectives;

/// <summary>Knowledge review in one fit: a fusion module for each stage.</summary>
internal sealed class BoundKnowledgeReview : BoundObjective
{
    private readonly AttentionBasedFusion[] _fusions;

    public BoundKnowledgeReview(KnowledgeReview objective, ObjectiveBinding binding)
        : base(objective)
    {
        IReadOnlyList<FeatureShapes> stages = binding.Shapes.Features;
        int mid = objective.MidChannels ?? Math.Min(KnowledgeReview.MostMidChannels, stages[^1].Student.Known(-1, "KnowledgeReview"));
        _fusions =
        [
            .. stages.Select(
                (s, i) =>
                    new AttentionBasedFusion(
                        binding,
                        s.Student.Known(-1, "KnowledgeReview"),
                        mid,
                        s.Teacher.Known(-1, "KnowledgeReview"),
                        fuses: i < stages.Count - 1
                    )
            ),
        ];
    }

    protected override Tensor Compute(ObjectiveSignals signals)
    {
        ArgumentNullException.ThrowIfNull(signals);
        Tensor? total = null;
        Tensor? residual = null;
        for (int i = _fusions.Length - 1; i >= 0; i--)
        {
            Tensor teacher = Map(signals.TeacherFeatures[i]).detach();
            AttentionBasedFusion.Fusion fusion = _fusions[i]
                .Call(Map(signals.StudentFeatures[i]), residual, teacher.shape[1], teacher.shape[2], signals.Training);
            residual = fusion.Residual;
            Tensor rows = HierarchicalContext.Rows(fusion.Output, teacher.to(fusion.Output.dtype));
            total = total is null ? rows : total.Plus(rows);
        }

        return total!;
    }

    // A flat feature is a map of one point.
    private static Tensor Map(Tensor feature) => feature.dim() == 2 ? feature.unsqueeze(1).unsqueeze(1) : feature;
}
