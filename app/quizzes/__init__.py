"""The assessment engine: questions, quizzes, attempts, answers, grades. It knows nothing of courses."""
