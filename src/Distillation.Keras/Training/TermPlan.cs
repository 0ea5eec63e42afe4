using Distillation.Keras.Losses;
using Distillation.Keras.Objectives;
using Distillation.Keras.Schedules;

namespace Distillation.Keras.Training;

/// <summary>
/// Which terms a fit has: the loss on the labels and that on the teacher's output for each output, and what was added to the distiller.
/// </summary>
internal static class TermPlan
{
    /// <summary>The terms, in the order in which they were asked for.</summary>
    /// <param name="settings">The distiller's settings.</param>
    /// <param name="heads">The outputs.</param>
    /// <param name="hasLabels">Whether there are labels.</param>
    /// <param name="problems">Takes a sentence for each objective that is for none of them.</param>
    public static IReadOnlyList<PlannedTerm> Of(
        DistillationSettings settings,
        IReadOnlyList<Head> heads,
        bool hasLabels,
        ICollection<string> problems
    )
    {
        var terms = new List<PlannedTerm>();
        for (int i = 0; i < heads.Count; i++)
        {
            if (hasLabels)
            {
                Add(terms, heads, OnLabels(heads[i]), settings.HardLossWeight, i);
            }

            if (settings.Teacher is { Outputs.Count: > 0 })
            {
                Add(
                    terms,
                    heads,
                    OnTeacher(heads[i], settings.Temperature ?? DistillationSettings.DefaultTemperature),
                    settings.SoftLossWeight,
                    i
                );
            }
        }

        foreach ((DistillationObjective objective, Schedule weight, string? output) in settings.Objectives)
        {
            bool isOnOutputs = (objective.Needs & ~ObjectiveNeeds.SampleIndices) != ObjectiveNeeds.None;
            if (output is not null && heads.All(h => h.Name != output))
            {
                problems.Add(
                    $"The objective '{objective.Name}' is for the output '{output}', but the student's outputs are "
                        + $"{string.Join(", ", heads.Select(h => $"'{h.Name}'"))}."
                );
            }
            else if (!isOnOutputs && output is not null)
            {
                problems.Add(
                    $"The objective '{objective.Name}' compares features, which belong to no output, but it was added for the output "
                        + $"'{output}'. Leave output out."
                );
            }
            else if (!isOnOutputs)
            {
                Add(terms, heads, objective, weight, -1);
            }
            else
            {
                foreach (int head in Enumerable.Range(0, heads.Count).Where(i => output is null || output == heads[i].Name))
                {
                    Add(terms, heads, objective, weight, head);
                }
            }
        }

        return terms;
    }

    private static void Add(List<PlannedTerm> terms, IReadOnlyList<Head> heads, DistillationObjective objective, Schedule weight, int head)
    {
        // Unique in the logs, where terms of an output and of the features stand side by side.
        string name = objective.Name;
        for (int i = 1; terms.Any(t => Prefix(t.Head) + t.Name == Prefix(head) + name); i++)
        {
            name = Invariant($"{objective.Name}_{i}");
        }

        terms.Add(new PlannedTerm(objective, weight, head, name, terms.Sum(t => t.Objective.Features.Count)));

        string Prefix(int place) => place < 0 ? string.Empty : heads[place].Prefix;
    }

    private static LossTerm OnLabels(Head head) =>
        head.IsNumeric ? Numbers(head, "hard_loss", toTeacher: false) : new HardLabels(head.Loss, head.IsMultiLabel);

    private static DistillationObjective OnTeacher(Head head, Schedule temperature) =>
        head.IsNumeric ? Numbers(head, "soft_loss", toTeacher: true)
        : head.IsMultiLabel ? new MultiLabelSoftTargets(temperature, name: "soft_loss")
        : new SoftTargets(temperature, name: "soft_loss");

    // Numbers without a loss are refused; what else does not fit is told with it.
    private static NumericLoss Numbers(Head head, string name, bool toTeacher) => new(name, head.Loss ?? new MeanSquaredError(), toTeacher);
}
