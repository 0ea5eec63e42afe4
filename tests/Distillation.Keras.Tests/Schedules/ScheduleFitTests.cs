using Distillation.Keras.Objectives;
using Distillation.Keras.Schedules;

namespace Distillation.Keras.Tests.Schedules;

/// <summary>Schedules and relations in a fit, whose last batch is of one sample.</summary>
public class ScheduleFitTests
{
    private static readonly float[,] X = Toy.X();
    private static readonly int[] Y = Toy.Labels(X);

    [Test]
    public void Relations_survive_a_last_batch_of_one_sample_and_come_down()
    {
        Sequential teacher = Toy.Mlp(12, 1);
        Sequential student = Toy.Mlp(8, 3);
        DistillationObjective[] relations =
        [
            new SimilarityPreserving(teacher.Layers[0], student.Layers[0]),
            new ProbabilisticKnowledgeTransfer(teacher.Layers[0], student.Layers[0]),
            new RelationalKnowledgeDistillation(teacher.Layers[0], student.Layers[0]),
            new CorrelationCongruence(teacher.Layers[0], student.Layers[0]),
            new CorrelationCongruence(
                LayerReference.BeforeActivation(teacher.Layers[2]),
                LayerReference.BeforeActivation(student.Layers[2]),
                CorrelationKernel.Consecutive,
                name: "consecutive"
            ),
        ];

        History history = relations
            .Aggregate(new Distiller(teacher).WithStudent(student), (d, relation) => d.With(relation, 0.1))
            .WithSeed(5)
            .Fit(X, Y, epochs: 30, batch_size: 7, verbose: 0, validation_data: (X, Y))
            .History;

        using (Assert.EnterMultipleScope())
        {
            foreach (DistillationObjective relation in relations)
            {
                Assert.That(history[relation.Name], Is.All.Positive, relation.Name);
                Assert.That(history[relation.Name][^1], Is.LessThan(history[relation.Name][0]), relation.Name);
                Assert.That(history["val_" + relation.Name], Is.All.Positive, relation.Name);
            }
        }
    }

    [Test]
    public void Relations_take_sample_weights()
    {
        Sequential teacher = Toy.Mlp(12, 1);
        Sequential student = Toy.Mlp(8, 3);
        float[] weights = [.. Y.Select((_, i) => (float)(i % 3))];

        History history = new Distiller(teacher)
            .WithStudent(student)
            .With(new RelationalKnowledgeDistillation(teacher.Layers[0], student.Layers[0]), 0.1)
            .Fit(X, Y, epochs: 1, batch_size: 16, verbose: 0, sample_weight: weights)
            .History;

        Assert.That(history["relational_knowledge_distillation"], Is.All.Positive);
    }

    [Test]
    public void A_learnt_temperature_changes_the_fit_and_leaves_the_student_as_it_is_built()
    {
        Sequential fixedStudent = Toy.Mlp(8, 3);
        Sequential learntStudent = Toy.Mlp(8, 3);
        Sequential teacher = Toy.Mlp(12, 1);
        var learnt = new LearntTemperature(least: 1, range: 6, initial: 0, growth: 1);

        // The same temperature at the start: 1 + 6 / 2.
        History constant = new Distiller(teacher)
            .WithStudent(fixedStudent)
            .WithTemperature(4)
            .WithSeed(1)
            .Fit(X, Y, epochs: 3, batch_size: 7, verbose: 0)
            .History;
        History moving = new Distiller(teacher)
            .WithStudent(learntStudent)
            .WithTemperature(learnt)
            .WithSeed(1)
            .Fit(X, Y, epochs: 3, batch_size: 7, verbose: 0)
            .History;

        Assert.That(moving["soft_loss"], Is.All.Positive);
        Assert.That(moving["soft_loss"][^1], Is.Not.EqualTo(constant["soft_loss"][^1]));
        Assert.That(learntStudent.CountParams(), Is.EqualTo(fixedStudent.CountParams()));
    }

    [Test]
    public void A_warm_up_of_a_weight_by_sample_runs_and_its_first_step_counts_nothing()
    {
        Sequential teacher = Toy.Mlp(12, 1);
        var warm = new WarmUpSchedule(1000, new PerSampleSchedule(TeacherUncertainty.Confidence, 0.5, 1));

        History history = new Distiller(teacher)
            .WithStudent(Toy.Mlp(8, 3))
            .WithHardLossWeight(0)
            .WithSoftLossWeight(warm)
            .Fit(X, Y, epochs: 1, batch_size: 50, verbose: 0)
            .History;

        Assert.That(history["soft_loss"][0], Is.Positive);
        Assert.That(history["loss"][0], Is.Zero);
    }

    [Test]
    public void A_weight_by_sample_in_a_warm_up_is_refused_for_an_objective_of_one_value_a_batch()
    {
        var warm = new WarmUpSchedule(3, new PerSampleSchedule(TeacherUncertainty.Confidence, 0.5, 1));
        Distiller distiller = new Distiller(Toy.Mlp(12, 1)).WithStudent(Toy.Mlp(8, 3)).With(new Distilling.ToyObjectives.Whole(), warm);

        Assert.That(() => distiller.Fit(X, Y, verbose: 0), Throws.ArgumentException.With.Message.Contains("'whole'"));
    }

    [Test]
    public void A_learnt_temperature_is_refused_as_weight_by_the_distiller()
    {
        Distiller distiller = new(Toy.Mlp(12, 1));

        Assert.That(
            () => distiller.With(new SoftTargets(), new LearntTemperature()),
            Throws.ArgumentException.With.Message.Contains("no weight")
        );
        Assert.That(
            () => distiller.WithSoftLossWeight(new LearntTemperature()),
            Throws.ArgumentException.With.Message.Contains("no weight")
        );
    }
}
