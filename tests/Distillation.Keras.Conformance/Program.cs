return Distillation.Keras.Conformance.ConformanceProgram.Run(args, Console.Out, Console.Error);
